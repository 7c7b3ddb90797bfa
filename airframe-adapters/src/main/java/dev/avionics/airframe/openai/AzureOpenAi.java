package dev.avionics.airframe.openai;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.spi.Credential;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Azure OpenAI and Azure AI Foundry. A target's model is the name of a deployment.
 *
 * <p>Metadata {@code api_version} chooses the paths: a date (default 2024-02-01) the classic ones,
 * {@code /openai/deployments/DEPLOYMENT/…?api-version=DATE}; {@code v1} or {@code preview}, or a base URL that ends with
 * {@code /openai/v1}, the newer ones without a date. Metadata {@code api_path} replaces the path of chats, such as
 * {@code /models/chat/completions?api-version=…} of older Foundry resources.
 *
 * <p>A key goes into the header {@code api-key}, a token of Entra into {@code Authorization: Bearer}. A deployment hides its
 * model: metadata {@code model_hint} tells it, so that the rules on that model hold; without it they are learned from what
 * is refused. The list of models is the resource's, not that of its deployments.
 */
public final class AzureOpenAi extends Family {
    private static final String API_VERSION = "api_version";
    private static final String USUAL_VERSION = "2024-02-01";
    private static final String V1 = "/openai/v1";

    /** One protocol for all endpoints. */
    public AzureOpenAi() {
        super(AzureOpenAi::address);
    }

    @Override
    public BackendKind kind() {
        return BackendKind.AZURE_OPENAI;
    }

    @Override
    public HttpCall authorize(HttpCall call, EndpointSpec endpoint, Credential credential) {
        Secret secret = credential.secret();
        return secret != null && credential.placement() == Credential.Placement.PROTOCOL
                ? call.withHeader("api-key", secret.reveal())
                : super.authorize(call, endpoint, credential);
    }

    private static URI address(EndpointSpec endpoint, String model, String operation) {
        String version = endpoint.metadata().getOrDefault(API_VERSION, USUAL_VERSION);
        if (isV1(endpoint, version)) {
            return place(endpoint, V1, version.equals("preview") ? operation + "?api-version=preview" : operation);
        }
        String dated = operation + "?api-version=" + URLEncoder.encode(version, StandardCharsets.UTF_8);
        if (operation.equals(Addresses.MODELS)) {
            return EndpointUrls.resolve(endpoint, "/openai", dated);
        }
        if (operation.equals(Addresses.RESPONSES)) {
            // Has no classic path: the model is in the body.
            return EndpointUrls.resolve(endpoint, V1, operation);
        }
        boolean inBase = String.valueOf(endpoint.baseUrl().getPath()).contains("/deployments/");
        if (!inBase && model.isEmpty() && !endpoint.metadata().containsKey(EndpointUrls.API_PATH)) {
            throw InferenceException.builder(
                            ErrorCategory.INVALID_REQUEST,
                            endpoint.name() + ": no deployment (expected: its name as the model, such as by"
                                    + " AZURE_DEPLOYMENT_NAME)")
                    .origin(ErrorOrigin.CALLER)
                    .build();
        }
        String deployment = URLEncoder.encode(model, StandardCharsets.UTF_8).replace("+", "%20");
        return place(endpoint, inBase ? "" : "/openai/deployments/" + deployment, dated);
    }

    private static boolean isV1(EndpointSpec endpoint, String version) {
        String path = String.valueOf(endpoint.baseUrl().getPath()).replaceAll("/+$", "");
        return version.equals("v1") || version.equals("preview") || path.endsWith(V1);
    }

    private static URI place(EndpointSpec endpoint, String prefix, String operation) {
        return operation.startsWith(Addresses.CHAT)
                ? EndpointUrls.inference(endpoint, prefix, operation)
                : EndpointUrls.resolve(endpoint, prefix, operation);
    }
}
