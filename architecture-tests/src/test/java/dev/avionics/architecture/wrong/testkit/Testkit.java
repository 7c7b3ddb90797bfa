package dev.avionics.architecture.wrong.testkit;

public final class Testkit {}
