package dev.avionics.architecture.wrong.llm.unmarked;

final class Unmarked {}
