using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Robustness;

/// <summary>An attack of an evaluation, and what its tables call it.</summary>
internal sealed record NamedAttack(string Name, Attack Attack)
{
    /// <summary>The attack for those who count what it breaks: an image leaves it with its first success.</summary>
    public Attack UntilBroken => Attack is BallAttack ball ? ball with { StopAtSuccess = true } : Attack;

    /// <summary>What an evaluation runs where no attack is named: of cross-entropy, and of the confidence that rejection goes by.</summary>
    public static IReadOnlyList<string> Usual { get; } = ["pgd", "pgd:loss=confidence"];

    /// <summary>
    /// The attack of a text: a name of the catalogue, and behind a colon what is not as usual, as <c>pgd:steps=100,loss=confidence</c>.
    /// </summary>
    /// <param name="text">The name, and the values of options with commas between them.</param>
    /// <param name="threat">The changes that are allowed where the text does not say it; the attack's own by default.</param>
    /// <exception cref="ArgumentException">There is no such attack, or it has no threat, or a value does not fit.</exception>
    public static NamedAttack Parse(string text, string? threat = null)
    {
        (string name, Dictionary<string, string> values) = Split("evaluate", text);
        AttackEntry entry = AttackCatalog.Find(name);
        if (entry.Needs != AttackNeeds.Labels || entry.IsMinimal)
        {
            string[] known = [.. AttackCatalog.All.Where(e => e is { Needs: AttackNeeds.Labels, IsMinimal: false }).Select(e => e.Name)];
            throw new UsageException(
                $"evaluate: {entry.Name} is no attack on single images within a threat. Take one of {string.Join(", ", known)}.");
        }
        bool takesThreat = AttackBinder.Parameters(entry).Any(p => p.Name == "threat");
        if (threat is not null && takesThreat && !((string[])["threat", "norm", "epsilon"]).Any(values.ContainsKey))
        {
            values["threat"] = threat;
        }
        Attack attack = AttackBinder.Bind(entry, values);
        if (attack is BallAttack { Within: LpipsBall { Metric: null } })
        {
            throw new UsageException($"evaluate: {text} needs the weights of LPIPS, which only minigrad attack takes. Use features:0.5.");
        }
        return new(text, attack);
    }

    /// <summary>Several attacks, each once.</summary>
    /// <exception cref="ArgumentException">One is named twice, or is none.</exception>
    public static NamedAttack[] ParseAll(IReadOnlyList<string> texts, string? threat = null)
    {
        foreach (string text in texts)
        {
            if (texts.Count(t => t == text) == 1) continue;
            throw new UsageException($"evaluate: --attack {text} is named twice. Name each attack once.");
        }
        return [.. texts.Select(text => Parse(text, threat))];
    }

    /// <summary>The name before the colon and the options behind it.</summary>
    /// <param name="command">The command that errors are about.</param>
    /// <param name="text">Such a text.</param>
    /// <exception cref="ArgumentException">An option has no value or is given twice.</exception>
    public static (string Name, Dictionary<string, string> Values) Split(string command, string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return (text, []);
        Dictionary<string, string> values = [];
        string last = "";
        foreach (string part in text[(colon + 1)..].Split(','))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            // What has no name belongs to the value before: threat=warp:30deg,3px.
            if (equals < 0 && last.Length > 0) values[last] += $",{part}";
            else if (equals < 1)
            {
                throw new UsageException(
                    $"{command}: --attack {text}: \"{part}\" is not name=value. Write pgd:steps=100,loss=confidence, say.");
            }
            else
            {
                last = part[..equals].Trim();
                if (!values.TryAdd(last, part[(equals + 1)..].Trim()))
                {
                    throw new UsageException($"{command}: --attack {text}: {last} is given twice. Give it once.");
                }
            }
        }
        return (text[..colon], values);
    }
}
