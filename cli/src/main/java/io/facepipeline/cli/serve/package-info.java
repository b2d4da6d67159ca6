/** A small web page that names the faces in photos and before the camera. */
@NullMarked
package io.facepipeline.cli.serve;

import org.jspecify.annotations.NullMarked;
