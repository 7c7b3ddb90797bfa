package dev.avionics.airframe.anthropic.content;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells parts that the API takes in a place from those that it does not, which are left out. */
final class Fitting {
    private final String vendor;
    private final List<Adjustment> adjustments;

    Fitting(String vendor, List<Adjustment> adjustments) {
        this.vendor = vendor;
        this.adjustments = adjustments;
    }

    List<Part> instructions(List<Part> parts) {
        List<Part> kept = new ArrayList<>();
        for (Part part : parts) {
            if (!(part instanceof Part.Text text)) {
                adjustments.add(Adjustment.dropped(part, "instructions are text"));
            } else if (isVisible(text)) {
                kept.add(part);
            }
        }
        return kept;
    }

    List<Part> ofUser(List<Part> parts) {
        List<Part> kept = new ArrayList<>();
        for (Part part : parts) {
            boolean fits =
                    part instanceof Part.Text text ? isVisible(text) : !(part instanceof Part.Opaque) || isOurs(part);
            if (fits) {
                kept.add(part);
            }
        }
        return kept;
    }

    /**
     * What is kept of a turn of the model.
     *
     * @param last whether the conversation ends with it: then the API takes no white space at its end
     */
    List<Part> ofModel(List<Part> parts, boolean last) {
        List<Part> kept = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Part.Text text) {
                if (isVisible(text)) {
                    kept.add(part);
                }
            } else if (part instanceof Part.Thinking) {
                thinking(part, kept);
            } else if (part instanceof Part.Refusal refusal) {
                refusal(refusal, kept);
            } else if (part instanceof Part.Image || part instanceof Part.Document) {
                adjustments.add(Adjustment.dropped(part, "the API takes none in a turn of the model"));
            } else if (!(part instanceof Part.Opaque) || isOurs(part)) {
                kept.add(part);
            }
        }
        if (last && !kept.isEmpty()) {
            stripEnd(kept);
        }
        return kept;
    }

    private void thinking(Part part, List<Part> kept) {
        Optional<String> signature = part.vendor().field(vendor, "signature");
        if (signature.isPresent() && signature.get().length() > 2) {
            kept.add(part);
        } else {
            adjustments.add(Adjustment.dropped(part, "it carries no signature of " + vendor));
        }
    }

    private void refusal(Part.Refusal refusal, List<Part> kept) {
        if (refusal.vendor().of(vendor).isPresent()) {
            adjustments.add(Adjustment.dropped(refusal, "they are words of the backend's filter, not of the model"));
            return;
        }
        Part.Text words = new Part.Text(refusal.text(), refusal.vendor(), refusal.cache());
        if (isVisible(words)) {
            kept.add(words);
        }
    }

    private void stripEnd(List<Part> kept) {
        int end = kept.size() - 1;
        if (kept.get(end) instanceof Part.Text text) {
            String stripped = text.text().stripTrailing();
            if (stripped.length() < text.text().length()) {
                kept.set(end, new Part.Text(stripped, text.vendor(), text.cache()));
                adjustments.add(Adjustment.changed("text", "white space at the end of the last turn was left out"));
            }
        }
    }

    private boolean isVisible(Part.Text text) {
        if (!text.text().isBlank()) {
            return true;
        }
        if (!text.text().isEmpty() || text.cache() != null) {
            adjustments.add(Adjustment.dropped(text, "the API takes no text of white space alone"));
        }
        return false;
    }

    private boolean isOurs(Part part) {
        if (part.vendor().of(vendor).isPresent()) {
            return true;
        }
        adjustments.add(Adjustment.dropped(part, "only another vendor understands it"));
        return false;
    }
}
