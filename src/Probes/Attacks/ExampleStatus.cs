namespace MiniGrad.Probes.Attacks;

/// <summary>How an example ended. Every example of a run has one; averages say which they include.</summary>
public enum ExampleStatus
{
    /// <summary>The search used all its iterations.</summary>
    Completed,

    /// <summary>The input met the goal before the attack; it is returned unchanged.</summary>
    AlreadyMet,

    /// <summary>The source is not classified as its label; returned unchanged and excluded.</summary>
    SourceMisclassified,

    /// <summary>The target is of the source's class; excluded. A walk is made only when the run is forced.</summary>
    SameClass,

    /// <summary>Source and target are the same image.</summary>
    TargetEqualsSource,

    /// <summary>The walk arrived at the target; the search crossed the boundary.</summary>
    Reached,

    /// <summary>No admissible direction is left.</summary>
    Blocked,

    /// <summary>The next step would have cost too much confidence.</summary>
    ConfidenceStop,

    /// <summary>
    /// The walk cannot move on: a rejected step no longer changes, or the smallest of an adaptive walk was rejected ten times in a row.
    /// </summary>
    Stalled,

    /// <summary>Not even the first step was possible.</summary>
    NoProgress,

    /// <summary>The search for a start found no image within the allowed drop of confidence; the walk was not made. A failure.</summary>
    InitFailed,

    /// <summary>The gradients of all differences of logits vanish: no direction leads to another class.</summary>
    Flat,

    /// <summary>The logits or gradients of a step were NaN or infinite; the step was rejected.</summary>
    NonFinite,

    /// <summary>The run was cancelled before this example was finished.</summary>
    Interrupted,
}
