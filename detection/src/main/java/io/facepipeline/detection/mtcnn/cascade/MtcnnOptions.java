package io.facepipeline.detection.mtcnn.cascade;

import io.facepipeline.FaceSelection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one detector.
 *
 * @param minFaceSize the side of the smallest face in pixels
 * @param factor the ratio of one pyramid level to the next
 * @param thresholds the least probabilities of P-, R- and O-Net
 * @param suppressRepeats whether a second result for a face is left out
 * @param refinesLandmarks whether O-Net looks at each found face once more
 * @param selection the only face to keep; null keeps all
 */
public record MtcnnOptions(
    int minFaceSize,
    double factor,
    List<Float> thresholds,
    boolean suppressRepeats,
    boolean refinesLandmarks,
    @Nullable FaceSelection selection) {}
