package io.facepipeline.flight;

import com.google.errorprone.annotations.CanIgnoreReturnValue;

/** Work that is recorded. The only class besides the events that needs {@code jdk.jfr}. */
final class RecordedWork extends FlightRecord {
  final WorkEvent event;
  String by = "";
  int width;
  int height;
  int faces;
  long bytes;

  private RecordedWork(WorkEvent event) {
    this.event = event;
  }

  static FlightRecord begin(Kind kind, FlightRecord none) {
    WorkEvent event =
        switch (kind) {
          case READ -> new PictureEvents.Read();
          case DETECT -> new PictureEvents.Detect();
          case ALIGN -> new FaceEvents.Align();
          case EMBED -> new FaceEvents.Embed();
          case CLASSIFY -> new FaceEvents.Classify();
          case ATTRIBUTES -> new FaceEvents.Attributes();
          case DOWNLOAD -> new FileEvents.Download();
          case GALLERY_WRITE -> new FileEvents.GalleryWrite();
        };
    if (!event.isEnabled()) {
      return none;
    }
    event.begin();
    return new RecordedWork(event);
  }

  @Override
  public boolean isKept() {
    return true;
  }

  @Override
  @CanIgnoreReturnValue
  public FlightRecord by(Object text) {
    by = String.valueOf(text);
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public FlightRecord size(int pixelsWide, int pixelsHigh) {
    width = pixelsWide;
    height = pixelsHigh;
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public FlightRecord faces(int number) {
    faces = number;
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public FlightRecord bytes(long number) {
    bytes = number;
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public FlightRecord failed(Throwable failure) {
    event.failure = failure.getClass().getName();
    return this;
  }

  @Override
  public void end() {
    event.end();
    if (event.shouldCommit()) {
      event.fill(this);
      event.commit();
    }
  }
}
