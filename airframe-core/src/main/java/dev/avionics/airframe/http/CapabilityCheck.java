package dev.avionics.airframe.http;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Refuses what a target is known not to take, before anything is sent. */
public final class CapabilityCheck {
    private CapabilityCheck() {}

    /** The refusal, or null if the request may be tried. */
    public static @Nullable InferenceException refuse(Capabilities can, InferenceRequest request, Target target) {
        if (!can.allows(Feature.CHAT)) {
            return unsupported("answers to conversations", target);
        }
        if (!request.tools().isEmpty() && !can.allows(Feature.TOOLS)) {
            return unsupported("tools", target);
        }
        ToolChoice choice = request.toolChoice();
        boolean forced =
                choice != null && (choice.mode() == ToolChoice.Mode.REQUIRED || choice.mode() == ToolChoice.Mode.TOOL);
        if (forced && !can.allows(Feature.FORCED_TOOL)) {
            return unsupported("a tool choice that forces a call", target);
        }
        OutputFormat.Kind form = request.output().kind();
        if (form == OutputFormat.Kind.JSON_SCHEMA && !can.allows(Feature.JSON_SCHEMA)) {
            return unsupported("answers by a JSON schema", target);
        }
        if (form == OutputFormat.Kind.JSON_OBJECT && !can.allows(Feature.JSON_OBJECT)) {
            return unsupported("JSON answers", target);
        }
        for (Message message : request.messages()) {
            InferenceException refusal = refuse(can, message.parts(), target);
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    private static @Nullable InferenceException refuse(Capabilities can, List<Part> parts, Target target) {
        for (Part part : parts) {
            if (part instanceof Part.Image image) {
                boolean byUrl = image.source() instanceof Part.MediaSource.Url;
                if (!can.allows(Feature.IMAGES) && !(byUrl && can.allows(Feature.IMAGE_URLS))) {
                    return unsupported("images", target);
                }
                if (byUrl && !can.allows(Feature.IMAGE_URLS)) {
                    return unsupported("images by address (give their bytes)", target);
                }
            } else if (part instanceof Part.Document && !can.allows(Feature.DOCUMENTS)) {
                return unsupported("documents", target);
            } else if (part instanceof Part.ToolResult result) {
                InferenceException refusal = refuse(can, result.content(), target);
                if (refusal != null) {
                    return refusal;
                }
            }
        }
        return null;
    }

    static InferenceException unsupported(String what, Target target) {
        String model = target.model().isEmpty() ? "" : " with model " + target.model();
        return InferenceException.builder(
                        ErrorCategory.UNSUPPORTED,
                        target.endpoint().name() + model + " does not take " + what + "; nothing was sent")
                .provider(target.endpoint().name())
                .model(target.model())
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }
}
