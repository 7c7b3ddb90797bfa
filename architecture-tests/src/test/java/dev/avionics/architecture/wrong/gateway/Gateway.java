package dev.avionics.architecture.wrong.gateway;

public final class Gateway {}
