package io.facepipeline.detection.video;

import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceQuality;
import org.jspecify.annotations.Nullable;

/**
 * One face through a sequence of frames. Immutable.
 *
 * @param id its id, from 1 in the order in which they were found
 * @param firstFrame the first frame it was seen in, from 0
 * @param lastFrame the last
 * @param framesSeen in how many frames it was seen; less than the span if it was away in between
 * @param bestFrame the frame in which it is best to recognise
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
