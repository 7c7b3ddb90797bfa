package dev.avionics.architecture.wrong.llm;

import io.opentelemetry.sdk.common.CompletableResultCode;

abstract class LlmKnowsTelemetrySdk {
    abstract void uses(CompletableResultCode other);
}
