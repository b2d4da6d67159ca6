package io.facepipeline.gallery;

import io.facepipeline.Embedding;

/**
 * A face of a gallery. Immutable.
 *
 * @param id the face's number, for removing it; never reused within a gallery
 * @param label the person's label
 * @param embedding the face's embedding
 */
public record GalleryFace(long id, String label, Embedding embedding) {}
