package dev.avionics.architecture.wrong.airframe.anthropic;

public final class Anthropic {}
