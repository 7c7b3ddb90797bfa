package dev.avionics.architecture.wrong.llm;

public final class Llm {}
