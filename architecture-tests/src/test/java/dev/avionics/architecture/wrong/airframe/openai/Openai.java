package dev.avionics.architecture.wrong.airframe.openai;

public final class Openai {}
