/**
 * What Java Flight Recorder is told: an event for each piece of work. {@code jdk.jfr} may be
 * absent, so only the classes that extend its {@code Event} name it, and they are loaded only where
 * it is there. Exported to this library's own modules.
 */
@NullMarked
package io.facepipeline.flight;

import org.jspecify.annotations.NullMarked;
