package dev.avionics.llm.model;

import java.io.IOException;
import java.nio.file.Path;

/** A place where the model file can be had. */
interface ModelSource {
    /** The place in words for people. */
    String name();

    /**
     * Puts the file at {@code target}; what it writes is checked afterwards.
     *
     * @param work a folder for whatever else it writes; on the same disk, deleted by the caller
     * @throws SourceException if this source cannot give the file
     * @throws IOException if this machine cannot take it
     */
    void get(ModelFile model, Path target, Path work, FetchProgress progress)
            throws IOException, InterruptedException, SourceException;

    /** Whether a target that is there in part is gone on with. */
    boolean resumes();

    /** Why a source gave nothing, in words for people. */
    final class SourceException extends Exception {
        private static final long serialVersionUID = 1L;

        SourceException(String message) {
            super(message);
        }
    }
}
