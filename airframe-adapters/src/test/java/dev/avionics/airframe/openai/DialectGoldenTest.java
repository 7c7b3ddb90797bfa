package dev.avionics.airframe.openai;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.wire.GoldenRequestContract;
import java.net.URI;
import org.junit.jupiter.api.Nested;

/** The requests of each dialect that has peculiarities. */
class DialectGoldenTest {
    private abstract static class OfDialect extends GoldenRequestContract {
        private final String name;
        private final String url;
        private final String model;

        OfDialect(String name, String url, String model) {
            this.name = name;
            this.url = url;
            this.model = model;
        }

        @Override
        protected String name() {
            return name;
        }

        @Override
        protected WireProtocol protocol() {
            return new OpenAiChat();
        }

        @Override
        protected EndpointSpec endpoint() {
            return EndpointSpec.builder(name, URI.create(url), BackendKind.OPENAI_CHAT)
                    .build();
        }

        @Override
        protected String model() {
            return model;
        }
    }

    @Nested
    class OpenAi extends OfDialect {
        OpenAi() {
            super("openai", "https://api.openai.com/v1", "gpt-4o-mini");
        }
    }

    @Nested
    class OpenAiReasoning extends OfDialect {
        OpenAiReasoning() {
            super("openai-reasoning", "https://api.openai.com/v1", "gpt-5.2");
        }
    }

    /** Takes tools by the Responses API only. */
    @Nested
    class OpenAiTools extends OfDialect {
        OpenAiTools() {
            super("openai-gpt-6", "https://api.openai.com/v1", "gpt-6.1-sol");
        }
    }

    @Nested
    class Azure extends OfDialect {
        Azure() {
            super("azure", "https://resource.openai.azure.com", "my-deployment");
        }

        @Override
        protected WireProtocol protocol() {
            return new AzureOpenAi();
        }

        @Override
        protected EndpointSpec endpoint() {
            return EndpointSpec.builder(
                            name(), URI.create("https://resource.openai.azure.com"), BackendKind.AZURE_OPENAI)
                    .metadata("api_version", "2024-10-21")
                    .build();
        }
    }

    @Nested
    class Groq extends OfDialect {
        Groq() {
            super("groq", "https://api.groq.com/openai/v1", "openai/gpt-oss-120b");
        }
    }

    @Nested
    class Mistral extends OfDialect {
        Mistral() {
            super("mistral", "https://api.mistral.ai/v1", "mistral-medium-latest");
        }

        @Override
        protected Part.Thinking thinking() {
            return new Part.Thinking(
                    "I need the weather.", VendorData.of("mistral", "{\"signature\":\"c2lnbmF0dXJl\"}"), null);
        }
    }

    @Nested
    class NvidiaNim extends OfDialect {
        NvidiaNim() {
            super("nvidia-nim", "https://integrate.api.nvidia.com/v1", "meta/llama-3.1-8b-instruct");
        }
    }

    @Nested
    class OpenRouter extends OfDialect {
        OpenRouter() {
            super("openrouter", "https://openrouter.ai/api/v1", "anthropic/claude-sonnet-4.6");
        }

        @Override
        protected Part.Thinking thinking() {
            String details = "{\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"I need the weather.\","
                    + "\"signature\":\"c2ln\",\"index\":0}]}";
            return new Part.Thinking("I need the weather.", VendorData.of("openrouter", details), null);
        }
    }

    @Nested
    class DeepSeek extends OfDialect {
        DeepSeek() {
            super("deepseek", "https://api.deepseek.com", "deepseek-reasoner");
        }
    }

    @Nested
    class Generic extends OfDialect {
        Generic() {
            super("generic", "http://localhost:8000/v1", "some-model");
        }
    }
}
