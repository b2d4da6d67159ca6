package io.facepipeline.spark;

import io.facepipeline.FaceGallery;
import io.facepipeline.classify.ClassifierTrainer;
import io.facepipeline.classify.ClassifierTrainer.TrainingResult;
import io.facepipeline.evaluation.verification.VerificationReport;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Faces over data sets of photos.
 *
 * <p>A table of faces has a row for each face of a photo, a row for each photo without faces, and a
 * row with the error for each photo that failed:
 *
 * <table>
 * <caption>Columns</caption>
 * <tr><th>column</th><th>type</th><th>value</th></tr>
 * <tr><td>{@code path}</td><td>string</td><td>the photo</td></tr>
 * <tr><td>{@code modificationTime}</td><td>timestamp</td><td>that of its file</td></tr>
 * <tr><td>{@code length}</td><td>bigint</td><td>the bytes of its file</td></tr>
 * <tr><td>{@code detector}</td><td>string</td><td>what looked for faces, with its settings</td></tr>
 * <tr><td>{@code model}</td><td>string</td><td>the embedder's fingerprint</td></tr>
 * <tr><td>{@code width}, {@code height}</td><td>int</td><td>of the upright photo in pixels; null if
 * it could not be read</td></tr>
 * <tr><td>{@code face}</td><td>int</td><td>the face's number in the photo, from 0, largest first;
 * null if there is none</td></tr>
 * <tr><td>{@code box}</td><td>struct</td><td>{@code x1, y1, x2, y2} in pixels</td></tr>
 * <tr><td>{@code landmarks}</td><td>array of struct</td><td>{@code x, y} of left eye, right eye,
 * nose, left and right corner of the mouth</td></tr>
 * <tr><td>{@code score}</td><td>float</td><td>the detector's, 0 to 1</td></tr>
 * <tr><td>{@code quality}</td><td>struct</td><td>the parts of {@link
 * io.facepipeline.FaceQuality}</td></tr>
 * <tr><td>{@code embedding}</td><td>array of float</td><td>of unit length</td></tr>
 * <tr><td>{@code error}</td><td>struct</td><td>{@code type}: a reason of {@link
 * io.facepipeline.ImageException} or the name of another exception; {@code message}; null unless
 * the photo failed</td></tr>
 * </table>
 *
 * <p>All methods may be called by any thread. Data sets are computed when they are used, as always
 * in Spark. Nothing but counts is collected at the driver, except by {@link #train}, {@link
 * #enroll} and {@link #evaluate}, within the limits that they state.
 */
@SuppressWarnings("exports") // Spark is in no module
public final class FaceDatasets {
  private FaceDatasets() {}

  /**
   * Lists the files of folders, without reading them. The tasks list, and nothing is kept at the
   * driver, so there may be any number of files; each use of the data set lists them again.
   *
   * @param spark the session
   * @param folders folders in any file system that Spark reaches, with all below them; files and
   *     folders whose names begin with a period or an underscore are left out
   * @return their {@code path}, {@code modificationTime} and {@code length}
   * @throws IllegalArgumentException if a folder does not exist
   */
  public static Dataset<Row> photos(SparkSession spark, String... folders) {
    return FolderListing.of(spark, List.of(folders));
  }

  /**
   * Finds and embeds the faces of photos.
   *
   * <p>Photos with a {@code content} column are taken as they are partitioned, and may be a stream.
   * Others are read at their {@code path}, one by one, by the tasks: they are spread over
   * partitions of {@code spark.sql.files.maxPartitionBytes}, to which a photo counts the bytes of
   * its file and 1 MB ({@code spark.sql.files.openCostInBytes} if that is set), but at least three
   * for each core. The call counts them for that.
   *
   * @param photos has the column {@code path}; {@code modificationTime} and {@code length} are
   *     copied if it has them; {@code content} holds the files' bytes, as in Spark's source {@code
   *     binaryFile}
   * @param description how executors make their pipeline
   * @return a table of faces
   * @throws IllegalArgumentException if there is no column {@code path}
   */
  public static Dataset<Row> faces(Dataset<Row> photos, PipelineDescription description) {
    return PhotoTables.faces(photos, description);
  }

  /**
   * Leaves out the photos that a table of faces has already: those of the same path, modification
   * time, detector and model. Photos that could not be read for a failure of the storage ({@code
   * error.type} is {@code IO}) are kept.
   *
   * @param photos has the columns {@code path} and {@code modificationTime}
   * @param table a table of faces
   * @param description how executors make their pipeline; its embedder is opened for its
   *     fingerprint
   * @return the photos that remain
   * @throws io.facepipeline.FacePipelineException if the embedder cannot be opened
   */
  public static Dataset<Row> remaining(
      Dataset<Row> photos, Dataset<Row> table, PipelineDescription description) {
    return PhotoTables.remaining(photos, table, description);
  }

  /**
   * Brings a table of faces up to date: finds the faces of the photos that it has not yet, and adds
   * them. The table is a folder of Parquet files, in parts by {@code model}, which is created if it
   * does not exist. Each part of the photos is committed by itself; what a broken run has committed
   * is not done again. A changed photo's rows are added beside those of its older file.
   *
   * @param photos as listed by {@link #photos}
   * @param table the table's folder, in any file system that Spark reaches
   * @param description how executors make their pipeline
   * @param photosPerCommit about how many photos are committed at a time, at least 1
   * @return how many photos were added
   * @throws IllegalArgumentException if a column is missing or the number is less than 1
   * @throws io.facepipeline.FacePipelineException if the embedder cannot be opened
   */
  public static long append(
      Dataset<Row> photos, String table, PipelineDescription description, int photosPerCommit) {
    return PhotoTables.append(photos, table, description, photosPerCommit);
  }

  /**
   * Names faces after the people of a gallery or of a trained classifier. The gallery's folder or
   * the classifier's file is sent to the executors as it is now.
   *
   * @param faces a table of faces of its model
   * @param classifier a gallery's folder, which may be open elsewhere, or a file of {@link
   *     io.facepipeline.classify.TrainedClassifier}, on the driver's machine
   * @return the table with the columns {@code label} (null for unknown people and rows without a
   *     face), {@code similarity} to the most similar person (a cosine, or a trained classifier's
   *     score; null if there is none) and {@code threshold}
   * @throws io.facepipeline.gallery.GalleryException if there is no gallery that can be read
   * @throws io.facepipeline.classify.ClassifierException if the file is no classifier
   * @throws IllegalArgumentException if a column is missing
   */
  public static Dataset<Row> identify(Dataset<Row> faces, Path classifier) {
    return NamedFaces.identify(faces, classifier);
  }

  /**
   * Trains a classifier on faces whose people are known. Of a photo with several faces, the one
   * that is far larger than the others is meant, as for {@link
   * io.facepipeline.FacePipeline#verify}; photos without such a face are left out, whatever the
   * trainer's policy for photos is. The executors choose the faces; the driver trains. The same
   * table and settings give the same classifier.
   *
   * @param faces a table of faces of one model and one state of each photo, with the column {@code
   *     label}: whom the photo shows, in each of its rows; null in those of other photos
   * @param trainer the kind of classifier with its settings, without an augmentation
   * @return the classifier, which can be saved, and the report, whose notes list the photos that
   *     were left out
   * @throws io.facepipeline.classify.ClassifierException if there are too few people or photos, or
   *     more than 100,000 photos with a label
   * @throws IllegalArgumentException if a column is missing, a label is not valid, faces are of
   *     different models, or an augmentation was set
   */
  public static TrainingResult train(Dataset<Row> faces, ClassifierTrainer trainer) {
    return LabeledFaces.train(faces, trainer);
  }

  /**
   * Enrolls faces whose people are known in a gallery: each person with one write, which replaces
   * the faces that the person had, so that a run that was broken off may be repeated. The driver
   * has the faces of one person at a time.
   *
   * @param faces a table as for {@link #train}, of the gallery's model
   * @param gallery the gallery, open on the driver's machine
   * @return the labeled photos that were not enrolled: {@code path}, {@code label}, {@code reason}
   * @throws IllegalArgumentException if a column is missing, a label is not valid, a face comes
   *     from another model, or a person has more than 10,000 photos
   * @throws io.facepipeline.FacePipelineException if the gallery cannot be written
   */
  public static Dataset<Row> enroll(Dataset<Row> faces, FaceGallery gallery) {
    return LabeledFaces.enroll(faces, gallery);
  }

  /**
   * Compares the people of pairs of photos. Of a photo with several faces, the one that is far
   * larger than the others is meant, as for {@link io.facepipeline.FacePipeline#verify}.
   *
   * @param pairs has the columns {@code a} and {@code b}, paths of photos
   * @param faces a table of the photos' faces, of one model and one state of each photo
   * @param threshold the lowest cosine similarity of the same person, -1 to 1
   * @return the pairs with the columns {@code similarity}, {@code same} (both null if a photo
   *     cannot be compared) and {@code error}, which says why it cannot
   * @throws IllegalArgumentException if a column is missing or the threshold is out of range
   */
  public static Dataset<Row> verify(Dataset<Row> pairs, Dataset<Row> faces, float threshold) {
    return PhotoPairs.verify(pairs, faces, threshold);
  }

  /**
   * Measures verification on pairs of photos whose people are known. The executors compare, as
   * {@link #verify} does; the driver has the scores alone. A pair with a photo that failed or has
   * no single face counts as wrong, as in the report of other photos.
   *
   * @param pairs has the columns {@code a} and {@code b}, paths of photos, and {@code same},
   *     whether they show the same person; {@code fold}, a number, if it has one, else the pairs
   *     are in ten folds of neighbors in the order in which they are read
   * @param faces a table of the photos' faces, of one model and one state of each photo
   * @return the figures
   * @throws IllegalArgumentException if a column or a value is missing, the table lacks a photo,
   *     fewer than two folds have pairs, or there are more than 1,000,000 pairs
   */
  public static VerificationReport evaluate(Dataset<Row> pairs, Dataset<Row> faces) {
    return EvaluatedPairs.of(pairs, faces);
  }

  /**
   * Finds all pairs of faces that are similar enough: those that comparing each with each would
   * find. Time grows with the square of the number of faces; a task holds the vectors of two
   * blocks, about 64 MB.
   *
   * @param faces a table of faces of one model, stored or cached, since it is read more than once
   * @param threshold the lowest cosine similarity, -1 to 1
   * @return each pair once: path and number of one face, those of the other ({@code otherPath},
   *     {@code otherFace}), which comes later by path and number, and their {@code similarity}
   * @throws IllegalArgumentException if a column is missing, the threshold is out of range or there
   *     are too many faces
   */
  public static Dataset<Row> neighbors(Dataset<Row> faces, float threshold) {
    return FaceNeighbors.of(faces, threshold);
  }

  /**
   * Sorts faces into people. Faces that are {@linkplain #neighbors similar enough} are joined, the
   * most similar first, unless that would put two faces of one photo into one person. Jobs run
   * before the call returns; the result is computed when it is used.
   *
   * @param faces a table of faces of one model and one state of each photo, stored or cached
   * @param threshold the lowest cosine similarity of faces that are joined, -1 to 1
   * @return the table with the column {@code person}: the same text for all faces of a person,
   *     which is the path and number of one of them; null for rows without a face
   * @throws IllegalArgumentException if a column is missing, the threshold is out of range or there
   *     are too many faces
   */
  public static Dataset<Row> cluster(Dataset<Row> faces, float threshold) {
    return FacePeople.of(faces, threshold);
  }
}
