package io.facepipeline.detection.video;

import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceQuality;
import org.jspecify.annotations.Nullable;

/**
 * One face through a sequence of frames. Immutable.
 *
 * @param id its id, from 1 in the order of appearance
 * @param firstFrame the first frame that shows it, from 0
 * @param lastFrame the last frame that shows it
 * @param framesSeen the number of frames that show it; less than the span if it was away in between
 * @param bestFrame the frame of the best quality
 * @param best the face in that frame
 * @param quality its quality there
 * @param embedding the mean of its best frames' embeddings, weighted by quality; null if the
 *     tracker has no embedder
 */
public record FaceTrack(
    int id,
    long firstFrame,
    long lastFrame,
    long framesSeen,
    long bestFrame,
    Face best,
    FaceQuality quality,
    @Nullable Embedding embedding) {}
