package io.facepipeline.cli.video;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Match;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.detection.video.TrackingSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * The tracks of a video, who they are where people are known, and which frames could not be read:
 * an entry of their own, with nothing but the frame and the error.
 */
final class TrackTable {
  private static final int COLUMNS = 14;

  private final List<TrackingSession.FaceTrack> tracks;
  private final Map<Integer, Match> names;
  private final List<TrackRun.Unreadable> unreadable;

  TrackTable(
      List<TrackingSession.FaceTrack> tracks,
      Map<Integer, Match> names,
      List<TrackRun.Unreadable> unreadable) {
    this.tracks = tracks;
    this.names = names;
    this.unreadable = unreadable;
  }

  /** The name of a track's person; null if unknown. */
  @Nullable String label(int id) {
    Match who = names.get(id);
    return who == null ? null : who.label();
  }

  private @Nullable Float similarity(int id) {
    Match who = names.get(id);
    return who == null ? null : who.score();
  }

  void print(PrintWriter out) {
    out.printf(
        "%4s %7s %7s %6s %6s %8s  %s%n", "id", "first", "last", "seen", "best", "quality", "");
    for (TrackingSession.FaceTrack track : tracks) {
      String label = label(track.id());
      String name = label != null ? label : names.containsKey(track.id()) ? "unknown" : "";
      out.printf(
          Locale.ROOT,
          "%4d %7d %7d %6d %6d %8.2f  %s%n",
          track.id(),
          track.firstFrame(),
          track.lastFrame(),
          track.framesSeen(),
          track.bestFrame(),
          track.quality().score(),
          name);
    }
  }

  void writeJson(Path file) {
    JsonArray all = new JsonArray();
    for (TrackingSession.FaceTrack track : tracks) {
      JsonObject o = new JsonObject();
      o.addProperty("id", track.id());
      o.addProperty("firstFrame", track.firstFrame());
      o.addProperty("lastFrame", track.lastFrame());
      o.addProperty("framesSeen", track.framesSeen());
      o.addProperty("bestFrame", track.bestFrame());
      o.add("bestBox", Reports.box(track.best().box()));
      o.addProperty("quality", track.quality().score());
      o.addProperty("label", label(track.id()));
      o.addProperty("similarity", similarity(track.id()));
      all.add(o);
    }
    for (TrackRun.Unreadable frame : unreadable) {
      JsonObject o = new JsonObject();
      o.addProperty("frame", frame.frame());
      o.addProperty("error", frame.error());
      all.add(o);
    }
    Reports.writeJson(file, all);
  }

  void writeCsv(Path file) {
    StringWriter text = new StringWriter();
    CSVFormat format =
        CSVFormat.DEFAULT
            .builder()
            .setHeader(
                "id",
                "first_frame",
                "last_frame",
                "frames_seen",
                "best_frame",
                "x1",
                "y1",
                "x2",
                "y2",
                "quality",
                "label",
                "similarity",
                "unreadable_frame",
                "error")
            .get();
    try (CSVPrinter csv = new CSVPrinter(text, format)) {
      for (TrackingSession.FaceTrack track : tracks) {
        csv.printRecord(
            track.id(),
            track.firstFrame(),
            track.lastFrame(),
            track.framesSeen(),
            track.bestFrame(),
            track.best().box().x1(),
            track.best().box().y1(),
            track.best().box().x2(),
            track.best().box().y2(),
            track.quality().score(),
            label(track.id()),
            similarity(track.id()),
            null,
            null);
      }
      for (TrackRun.Unreadable frame : unreadable) {
        Object[] row = new Object[COLUMNS];
        row[COLUMNS - 2] = frame.frame();
        row[COLUMNS - 1] = frame.error();
        csv.printRecord(row);
      }
    } catch (IOException e) {
      throw new FacePipelineException("cannot write CSV: " + e.getMessage(), e);
    }
    Reports.write(file, text.toString());
  }
}
