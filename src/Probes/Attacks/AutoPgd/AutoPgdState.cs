namespace MiniGrad.Probes.Attacks;

/// <summary>Where an AutoPGD search stands.</summary>
/// <param name="Point">The iterate.</param>
/// <param name="PointLogits">Its logits.</param>
/// <param name="Previous">Where the last step started.</param>
/// <param name="Direction">The steepest direction at the iterate.</param>
/// <param name="Best">The iterate of highest loss so far.</param>
/// <param name="BestDirection">The steepest direction there.</param>
/// <param name="Progress">The numbers of each row.</param>
/// <param name="Targets">The class that each row is led to, where the search leads to classes.</param>
public readonly record struct AutoPgdState(
    Tensor Point, Tensor PointLogits, Tensor Previous, Tensor Direction, Tensor Best, Tensor BestDirection, AutoPgdProgress[] Progress,
    int[]? Targets) : IRowState<AutoPgdState>
{
    /// <summary>The numbers of the state before, which nobody reads any more: the next step writes its own there.</summary>
    internal AutoPgdProgress[]? Spare { get; init; }

    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Point, PointLogits, Previous, Direction, Best, BestDirection];

    /// <inheritdoc/>
    public AutoPgdState Take(int[] rows)
    {
        (AutoPgdProgress[] progress, int[]? targets) = (Progress, Targets);
        return new(
            Point.TakeIndices(0, rows), PointLogits.TakeIndices(0, rows), Previous.TakeIndices(0, rows), Direction.TakeIndices(0, rows),
            Best.TakeIndices(0, rows), BestDirection.TakeIndices(0, rows), Array.ConvertAll(rows, row => progress[row]),
            targets is null ? null : Array.ConvertAll(rows, row => targets[row]));
    }
}

/// <summary>How one row of an AutoPGD search fares.</summary>
/// <param name="Loss">What is raised, where its next step starts.</param>
/// <param name="Length">The length of that step.</param>
public readonly record struct AutoPgdProgress(double Loss, double Length)
{
    /// <summary>The highest so far.</summary>
    public double BestLoss { get; init; } = Loss;

    /// <summary>The highest at the last check.</summary>
    public double BestAtCheck { get; init; } = Loss;

    /// <summary>The steps since the last check that raised it.</summary>
    public int Rises { get; init; }

    /// <summary>Whether the last check halved the length. Before the first it counts as halved: there is nothing to compare with.</summary>
    public bool WasHalved { get; init; } = true;

    /// <summary>After a step to a point of this loss.</summary>
    internal AutoPgdProgress Stepped(double loss) => this with
    {
        Loss = loss,
        BestLoss = loss > BestLoss ? loss : BestLoss,
        // As in the paper, against where the step started; the authors' code has the point that was given up there.
        Rises = Rises + (loss > Loss ? 1 : 0),
    };

    /// <summary>
    /// After a check that is about so many steps: the length is halved where too few of them raised the loss, or where the best one is
    /// that of the last check and nothing was done about it then.
    /// </summary>
    internal AutoPgdProgress Checked(int steps)
    {
        bool halves = 4 * Rises <= 3 * steps || (!WasHalved && BestLoss <= BestAtCheck);
        return this with
        {
            Loss = halves ? BestLoss : Loss,
            Length = halves ? Length / 2 : Length,
            BestAtCheck = BestLoss,
            Rises = 0,
            WasHalved = halves,
        };
    }
}
