package dev.avionics.architecture.wrong;

public final class Assembly {}
