namespace MiniGrad.Probes.Attacks;

/// <summary>The images of a search for the boundary, the class that each is predicted as, and the classes to reach, if any were named.</summary>
public sealed record MinimalTask(Tensor Images, int[] StartClasses, int[]? Targets = null)
{
    /// <summary>Cancels between iterations.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Told how many iterations are done.</summary>
    public Action<int>? Progress { get; init; }

    public int Count => StartClasses.Length;

    /// <summary>Whether a predicted class means that a row has crossed.</summary>
    public bool IsMet(int row, int prediction) => Targets is null ? prediction != StartClasses[row] : prediction == Targets[row];
}
