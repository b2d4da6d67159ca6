package io.facepipeline.training.faces;

import io.facepipeline.Box;
import io.facepipeline.Landmarks;
import org.jspecify.annotations.Nullable;

/**
 * A face that somebody marked.
 *
 * @param box where it is, in pixels of the upright photo
 * @param landmarks its five landmarks, null where they were not marked
 * @param ignored whether it is neither to be found nor to be left out: too small, hidden or unsure
 */
public record LabelledFace(Box box, @Nullable Landmarks landmarks, boolean ignored) {}
