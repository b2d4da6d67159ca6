package io.facepipeline;

/**
 * A face and its embedding.
 *
 * @param face the face
 * @param embedding its embedding
 */
public record EmbeddedFace(Face face, Embedding embedding) {}
