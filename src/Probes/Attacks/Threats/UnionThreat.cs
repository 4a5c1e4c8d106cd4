namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Whatever one of several threats allows. Distances are shares of each threat's radius, so that its own is 1; a step is that
/// of the threat in which a whole radius would raise the loss most, and lies back in the one that has to move a point least.
/// Tramèr and Boneh, arXiv:1904.13000; Maini et al., arXiv:1909.04068.
/// </summary>
public sealed record UnionThreat : Threat
{
    /// <summary>The union of threats of pixels.</summary>
    /// <exception cref="ArgumentException">There is none, or one of parameters.</exception>
    public UnionThreat(params Threat[] members) : base(1)
    {
        if (members.Length == 0) Throw.Argument("threat: a union of no threats. Give at least one.");
        foreach (Threat member in members)
        {
            if (!member.IsOfPixels)
            {
                Throw.Argument($"threat: {member} is not one of pixels, so it cannot be part of a union. Attack with each in turn.");
            }
            if (member.Radius == 0) Throw.Argument($"threat: {member} allows nothing, so it has no share in a union. Leave it out.");
        }
        Members = members;
    }

    /// <summary>The threats that are united.</summary>
    public IReadOnlyList<Threat> Members { get; }

    internal override bool ProjectsInBox => Members.Any(member => member.ProjectsInBox);

    internal override Threat Map(Func<Threat, Threat> change)
    {
        Threat[] changed = [.. Members.Select(member => member.Map(change))];
        return changed.SequenceEqual(Members) ? this : new UnionThreat(changed);
    }

    internal override bool Allows(Tensor clean, Tensor point) => Members.Any(member => member.Allows(clean, point));

    /// <inheritdoc/>
    public bool Equals(UnionThreat? other) => other is not null && Members.SequenceEqual(other.Members);

    /// <inheritdoc/>
    public override int GetHashCode() => Members[0].GetHashCode();

    /// <inheritdoc/>
    public override Threat Scaled(double share) => new UnionThreat([.. Members.Select(member => member.Scaled(share))]);

    /// <summary>The smallest share of a member's radius.</summary>
    public override double[] Distance(Tensor clean, Tensor point)
    {
        double[][] shares = [.. Members.Select(member => Array.ConvertAll(member.Distance(clean, point), d => d / member.Radius))];
        return [.. Enumerable.Range(0, clean.Shape[0]).Select(i => shares.Min(s => s[i]))];
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor clean, Tensor point)
    {
        Tensor[] allowed = [.. Members.Select(member => member.Project(clean, point))];
        return Best(allowed, [.. allowed.Select(x => Array.ConvertAll(Rows.L2(x - point).ToArray(), d => -d))]);
    }

    /// <inheritdoc/>
    public override Tensor Steepest(Tensor gradient)
    {
        Tensor[] steps = [.. Members.Select(member => member.Steepest(gradient) * member.Radius)];
        return Best(steps, [.. steps.Select(step => Rows.Dot(step, gradient).ToArray())]);
    }

    /// <summary>A random point of a random member.</summary>
    public override Tensor RandomStart(Tensor clean, Rng[] rngs)
    {
        int[] chosen = Array.ConvertAll(rngs, rng => rng.At("member").Below(Members.Count));
        Tensor[] starts = [.. Members.Select((member, k) => member.RandomStart(clean, Array.ConvertAll(rngs, rng => rng.At(k))))];
        return Best(starts, [.. starts.Select((_, k) => Array.ConvertAll(chosen, c => c == k ? 1.0 : 0))]);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(" or ", Members);

    /// <summary>For each row the tensor of the highest score, the first of equals.</summary>
    private static Tensor Best(Tensor[] all, double[][] scores)
    {
        Tensor best = all[0];
        double[] highest = [.. scores[0]];
        for (int k = 1; k < all.Length; k++)
        {
            bool[] better = [.. scores[k].Select((score, i) => score > highest[i])];
            best = Rows.Choose(better, all[k], best);
            for (int i = 0; i < better.Length; i++) highest[i] = better[i] ? scores[k][i] : highest[i];
        }
        return best;
    }
}
