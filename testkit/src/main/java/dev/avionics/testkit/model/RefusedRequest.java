package dev.avionics.testkit.model;

/** A request that a vendor would not take. Faces put it into the vendor's own error shape. */
final class RefusedRequest extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String param;

    /**
     * A refusal.
     *
     * @param param the field at fault, empty for none
     */
    RefusedRequest(int status, String param, String message) {
        super(message);
        this.status = status;
        this.param = param;
    }

    int status() {
        return status;
    }

    String param() {
        return param;
    }

    String words() {
        return String.valueOf(getMessage());
    }
}
