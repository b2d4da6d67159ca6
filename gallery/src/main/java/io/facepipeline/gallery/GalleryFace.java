package io.facepipeline.gallery;

import io.facepipeline.Embedding;

/**
 * A face of a gallery. Immutable.
 *
 * @param id the face's number, by which it can be removed; never given twice in one gallery
 * @param label whose face it is
 * @param embedding the face's embedding
 */
public record GalleryFace(long id, String label, Embedding embedding) {}
