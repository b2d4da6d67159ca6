package io.facepipeline.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** What Flight Recorder keeps of a piece of work. */
public final class FlightEvents {
  private FlightEvents() {}

  /** Work that is recorded. */
  @FunctionalInterface
  public interface Work {
    /** Does it. */
    void run() throws Exception;
  }

  /** {@return this library's events, of a kind such as "Download", while some work was done} */
  public static List<RecordedEvent> of(String kind, Work work) throws Exception {
    Path file = Files.createTempFile("work", ".jfr");
    try (Recording recording = new Recording()) {
      recording.start();
      work.run();
      recording.stop();
      recording.dump(file);
      return RecordingFile.readAllEvents(file).stream()
          .filter(event -> event.getEventType().getName().equals("io.facepipeline." + kind))
          .toList();
    } finally {
      Files.delete(file);
    }
  }
}
