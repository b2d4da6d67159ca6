package io.facepipeline.gallery;

/**
 * The size of a gallery. Immutable.
 *
 * @param people the number of people
 * @param faces the number of faces of all people
 * @param model the fingerprint of the embedder
 * @param dimensions the number of dimensions of an embedding
 * @param threshold the lowest cosine similarity of a known person
 * @param bytesOnDisk the size of the log; 0 for a gallery in memory
 * @param bytesReclaimable about how many bytes {@link Gallery#compact} frees: those of removed and
 *     replaced faces
 */
public record GalleryStats(
    int people,
    int faces,
    String model,
    int dimensions,
    float threshold,
    long bytesOnDisk,
    long bytesReclaimable) {}
