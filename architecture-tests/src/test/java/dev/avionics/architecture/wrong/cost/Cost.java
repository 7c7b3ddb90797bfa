package dev.avionics.architecture.wrong.cost;

public final class Cost {}
