/** Commands about who is in photos. */
@NullMarked
package io.facepipeline.cli.people;

import org.jspecify.annotations.NullMarked;
