package io.facepipeline.spark;

import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ImageSource;
import io.facepipeline.ReadOptions;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;

/** The photo of a row: its bytes, if the row has them, or the file at its path. */
final class RowPhoto implements ImageSource {
  private final Row row;
  private final int contentColumn;
  private final HadoopSettings settings;
  private final ReadOptions limits;

  /**
   * Creates a source.
   *
   * @param contentColumn the column of the file's bytes; negative for none
   */
  RowPhoto(Row row, int contentColumn, HadoopSettings settings, ReadOptions limits) {
    this.row = row;
    this.contentColumn = contentColumn;
    this.settings = settings;
    this.limits = limits;
  }

  Row row() {
    return row;
  }

  @Override
  public String name() {
    return row.getAs(FaceColumns.PATH);
  }

  @Override
  public Image load() {
    if (contentColumn >= 0) {
      if (row.isNullAt(contentColumn)) {
        throw new ImageException(
            name(), ImageException.Reason.EMPTY, "its row has no content; check how it was read");
      }
      byte[] content = row.getAs(contentColumn);
      if (content.length > limits.maxEncodedBytes()) {
        throw tooLarge(content.length);
      }
      return Image.read(content, limits);
    }
    return read(settings.configuration());
  }

  private Image read(Configuration configuration) {
    Path path = new Path(name());
    if (FaceColumns.value(row, FaceColumns.LENGTH) instanceof Long length
        && length > limits.maxEncodedBytes()) {
      throw tooLarge(length);
    }
    try (InputStream in = path.getFileSystem(configuration).open(path)) {
      return Image.read(in, limits);
    } catch (FileNotFoundException e) {
      throw new ImageException(
          name(),
          ImageException.Reason.MISSING,
          "does not exist; it was removed after the photos were listed",
          e);
    } catch (IOException e) {
      throw new ImageException(
          name(), ImageException.Reason.IO, "cannot be read: " + e + "; run the job again", e);
    }
  }

  private ImageException tooLarge(long length) {
    return new ImageException(
        name(),
        ImageException.Reason.TOO_LARGE,
        "has "
            + length
            + " bytes, over the limit of "
            + limits.maxEncodedBytes()
            + "; raise ReadOptions.maxEncodedBytes if the picture is trusted");
  }
}
