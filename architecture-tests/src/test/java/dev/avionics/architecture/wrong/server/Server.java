package dev.avionics.architecture.wrong.server;

public final class Server {}
