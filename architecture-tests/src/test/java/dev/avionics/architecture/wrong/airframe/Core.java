package dev.avionics.architecture.wrong.airframe;

public final class Core {}
