// What a scenario owns by hand. Many scenarios hold bufferevents, buffers and limits as bare
// pointers and free them at their end. One that gives up before it gets there has still to free
// them, or what is left over would say nothing of the library. So each is noted when it is made,
// forgotten when it is freed, and those that are left are freed before the scenario is unwound.
// Threads: any. Read next: checked.h (who notes), trial.cc (who gives up).
#pragma once

namespace evglass::sweep {

/// In the order in which they are freed.
enum class Belonging { bufferevent, reference, group, rate, buffer };

/// From now on the scenario has this one. A null pointer is nothing to have.
void own(Belonging kind, void* object);
/// It is somebody else's from now on, or is being freed. False if it is gone already, because the
/// scenario gave up.
bool disown(Belonging kind, void* object);
/// It is about to make a bufferevent of a descriptor that it has so far.
void hands_over();
/// Has it ever been?
bool has_handed_over();
/// Frees what the scenario still has: the newest first of each kind, bufferevents and references in
/// one row.
void free_belongings();

}  // namespace evglass::sweep
