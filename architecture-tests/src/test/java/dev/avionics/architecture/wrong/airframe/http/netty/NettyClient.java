package dev.avionics.architecture.wrong.airframe.http.netty;

public final class NettyClient {}
