package dev.avionics.architecture.wrong.server;

import io.opentelemetry.sdk.common.CompletableResultCode;

abstract class ServerKnowsTelemetrySdk {
    abstract void uses(CompletableResultCode other);
}
