package dev.avionics.architecture.wrong.llm.service;

public final class Service {}
