namespace MiniGrad.Probes.Attacks;

/// <summary>
/// The attacks that can be named: help texts, tables and tests read this list. Users add their own with <see cref="Add"/>.
/// </summary>
public static class AttackCatalog
{
    /// <summary>The usual rotations and shifts of images of 28 and 32 pixels.</summary>
    private const string Turned = "warp:30deg,3px";

    private static readonly Lock Guard = new();
    private static readonly SortedDictionary<string, AttackEntry> Entries = new(StringComparer.Ordinal);

    static AttackCatalog()
    {
        Add(new("fgsm", typeof(Fgsm), "one step of steepest ascent to the border of a ball", "arXiv:1412.6572"));
        Add(new("pgd", typeof(Pgd), "projected gradient ascent in a ball, with random starts", "arXiv:1706.06083"));
        Add(new("fgm-l2", typeof(Fgsm), "one step along the gradient to the border of a ball of L2", "arXiv:1412.6572")
        {
            UsualNorm = "l2",
            UsualEpsilon = 0.5,
        });
        Add(new("bim", typeof(Bim), "projected gradient ascent from the image itself", "arXiv:1607.02533"));
        Add(new("apgd", typeof(Apgd), "ascent with momentum and a step that halves where it does not pay: AutoPGD", "arXiv:2003.01690"));
        Add(new("apgd-t", typeof(ApgdTargeted), "the same towards each of the likeliest wrong classes in turn", "arXiv:2003.01690"));
        Add(new("mi-fgsm", typeof(MiFgsm), "gradient ascent with momentum within a threat", "arXiv:1710.06081"));
        Add(new("msd", typeof(Msd), "steepest steps in several norms at once, the best of which is made", "arXiv:1909.04068")
        {
            UsualThreat = "linf:0.3+l2:2+l1:10",
        });
        Add(new("pgd-conf", typeof(PgdConf),
            "ascent with momentum and backtracking of the confidence in a wrong class", "arXiv:1910.06259"));
        Add(new("pgd-kl", typeof(DivergencePgd), "projected ascent of the divergence from the clean output", "arXiv:1901.08573"));
        Add(new("lpa", typeof(Lpa), "ascent of the margin with a price on perceptual distance", "arXiv:2006.12655")
        {
            UsualNorm = "features",
            UsualEpsilon = 0.5,
        });
        Add(new("fast-lpa", typeof(FastLpa), "the same in one search whose price rises, for training", "arXiv:2006.12655")
        {
            UsualNorm = "features",
            UsualEpsilon = 0.5,
        });
        Add(new("ppgd", typeof(Ppgd), "projected gradient ascent with steps of a perceptual length", "arXiv:2006.12655")
        {
            UsualNorm = "features",
            UsualEpsilon = 0.5,
        });
        Add(new("noise", typeof(Noise), "random points of a threat: the weakest attack there is, and the yardstick for all others", "-"));
        Add(new("spatial-random", typeof(SpatialRandom), "one random rotation and shift of each image", "arXiv:1712.02779")
        {
            UsualThreat = Turned,
        });
        Add(new("spatial-worst-of", typeof(SpatialWorstOf), "the worst of some random rotations and shifts", "arXiv:1712.02779")
        {
            UsualThreat = Turned,
        });
        Add(new("spatial-grid", typeof(SpatialGrid),
            "every rotation and shift of a grid, the strong attack of its kind", "arXiv:1712.02779")
        {
            UsualThreat = Turned,
        });
        Add(new("spatial-first-order", typeof(SpatialFirstOrder), "gradient ascent over rotation and shift", "arXiv:1712.02779")
        {
            UsualThreat = Turned,
        });
        Add(new("spatial-combined", typeof(SpatialCombined), "rotation and shift, each with an ascent in the pixels", "arXiv:1712.02779")
        {
            UsualThreat = Turned.Replace("warp", "warp-linf", StringComparison.Ordinal) + ",8/255",
        });
        Add(new("universal", typeof(UniversalPerturbation), "one perturbation for all images, made from others", "arXiv:1610.08401")
        {
            UsualEpsilon = 10.0 / 255,
        });
        Add(new("deepfool", typeof(DeepFool),
            "the smallest perturbation that changes the prediction, by linearising the boundary", "arXiv:1511.04599"));
        Add(new("cw-l2", typeof(CarliniWagnerL2), "the smallest L2 perturbation, by Adam with a price on the margin", "arXiv:1608.04644"));
        Add(new("cw-linf", typeof(CarliniWagnerLinf),
            "the smallest L-infinity perturbation, by Adam with a price on the margin", "arXiv:1608.04644"));
        Add(new("fab", typeof(Fab), "the nearest wrong point, by projecting onto linearised boundaries", "arXiv:1907.02044"));
        Add(new("square", typeof(SquareAttack), "random search by squares, without gradients", "arXiv:1912.00049"));
        Add(new("noise-sign", typeof(SignNoise), "every pixel up or down by the same amount, at random", "-"));
        Add(new("noise-gaussian", typeof(GaussianNoise), "normal noise as large as a ball allows", "-"));
        Add(new("boundary-walk", typeof(BoundaryWalk), "a walk along the boundary that sees predicted classes only", "arXiv:1712.04248"));
        Add(new("lst", typeof(Lst), "level set traversal from a source towards a target image", "arXiv:2310.19889"));
        Add(new("nspgd", typeof(Nspgd), "null-space projected gradient descent from a source towards a target image",
            "null-space study of the LST authors"));
        Add(new("logit-space", typeof(LogitSpace), "another image with the source's logits, as a start for nspgd",
            "null-space study of the LST authors"));
    }

    /// <summary>Every attack, by name.</summary>
    public static IReadOnlyList<AttackEntry> All
    {
        get
        {
            lock (Guard) return [.. Entries.Values];
        }
    }

    /// <summary>Adds an attack, or replaces the one of the same name.</summary>
    /// <exception cref="ArgumentException">The type is abstract or no attack.</exception>
    public static void Add(AttackEntry entry)
    {
        if (entry.Type.IsAbstract || !entry.Type.IsSubclassOf(typeof(Attack)))
        {
            Throw.Argument(
                $"attack: {entry.Type.Name} derives neither from BallAttack<TState> nor from Traversal<TState> nor from MinimalAttack.");
        }
        lock (Guard) Entries[entry.Name] = entry;
    }

    /// <summary>Takes an attack out again; returns whether it was there.</summary>
    public static bool Remove(string name)
    {
        lock (Guard) return Entries.Remove(name);
    }

    /// <summary>The attack of that name.</summary>
    /// <exception cref="ArgumentException">There is no such attack; the message suggests the nearest name.</exception>
    public static AttackEntry Find(string name)
    {
        lock (Guard)
        {
            if (Entries.TryGetValue(name, out AttackEntry? entry)) return entry;
            throw new ArgumentException(Suggestion.Unknown("attack", name, Entries.Keys));
        }
    }
}
