using System.Globalization;
using System.Reflection;

namespace MiniGrad.Probes.Attacks;

/// <summary>A hyper-parameter of an attack as a user types it.</summary>
internal sealed record AttackParameter(string Name, Type Type, object? Default);

/// <summary>
/// Makes an attack from words: every hyper-parameter of the record is an option in kebab case (<c>StepSize</c> is
/// <c>step-size</c>); a threat is <c>threat</c>, or <c>norm</c> and <c>epsilon</c>.
/// </summary>
internal static class AttackBinder
{
    private static readonly Dictionary<string, string> NothingGiven = [];

    /// <summary>The hyper-parameters of an attack, in the order of its constructor, then those of its family.</summary>
    public static IReadOnlyList<AttackParameter> Parameters(AttackEntry entry)
    {
        List<AttackParameter> list = [];
        foreach (ParameterInfo p in Constructor(entry).GetParameters())
        {
            if (p.ParameterType == typeof(Threat))
            {
                list.Add(new("norm", typeof(string), entry.UsualNorm));
                list.Add(new("epsilon", typeof(double), entry.UsualEpsilon));
            }
            else
            {
                list.Add(new(Kebab(p.Name!), Bare(p.ParameterType), p.HasDefaultValue ? p.DefaultValue : null));
            }
        }
        foreach (PropertyInfo p in Settable(entry))
        {
            list.Add(new(Kebab(p.Name), Bare(p.PropertyType), p.PropertyType == typeof(Loss) ? p.GetValue(Usual(entry)) : null));
        }
        if (list.Exists(p => p.Name == "epsilon")) list.Add(new("threat", typeof(Threat), null));
        return list;
    }

    /// <summary>The attack with the given values; the others keep their defaults. Throws for a name or value that does not fit.</summary>
    public static Attack Bind(AttackEntry entry, IReadOnlyDictionary<string, string> values)
    {
        string[] known = [.. Parameters(entry).Select(p => p.Name)];
        foreach (string name in values.Keys)
        {
            if (known.Contains(name)) continue;
            string? near = Suggestion.Nearest(name, known);
            throw new ArgumentException($"{entry.Name}: there is no option --{name}{(near is null ? "." : $"; did you mean --{near}?")} "
                + $"Known: {string.Join(", ", known.Select(k => "--" + k))}.");
        }
        ConstructorInfo constructor = Constructor(entry);
        object?[] arguments = [.. constructor.GetParameters().Select(p => Argument(entry, p, values))];
        Attack attack = (Attack)Invoke(() => constructor.Invoke(arguments));
        foreach (PropertyInfo property in Settable(entry))
        {
            if (values.TryGetValue(Kebab(property.Name), out string? text))
            {
                property.SetValue(attack, Parse(entry, Kebab(property.Name), Bare(property.PropertyType), text));
            }
        }
        attack.Check();
        return attack;
    }

    /// <summary>The words for an enumeration's values.</summary>
    public static IEnumerable<string> Words(Type type) => Enum.GetNames(type).Select(Kebab);

    /// <summary>A value as it is typed.</summary>
    public static string Text(object value) =>
        value is Enum or bool ? Kebab(value.ToString()!) : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    /// <summary>The attack with all defaults.</summary>
    private static object Usual(AttackEntry entry)
    {
        ConstructorInfo constructor = Constructor(entry);
        return Invoke(() => constructor.Invoke([.. constructor.GetParameters().Select(p => Argument(entry, p, NothingGiven))]));
    }

    private static object? Argument(AttackEntry entry, ParameterInfo parameter, IReadOnlyDictionary<string, string> values)
    {
        if (parameter.ParameterType == typeof(Threat)) return ThreatOf(entry, values);
        string name = Kebab(parameter.Name!);
        if (values.TryGetValue(name, out string? text)) return Parse(entry, name, Bare(parameter.ParameterType), text);
        return parameter.HasDefaultValue ? parameter.DefaultValue : throw new ArgumentException($"{entry.Name}: --{name} is needed.");
    }

    /// <summary>The threat that is named whole, or by the short forms of its norm and size.</summary>
    private static Threat ThreatOf(AttackEntry entry, IReadOnlyDictionary<string, string> values)
    {
        if (values.TryGetValue("threat", out string? whole))
        {
            if (values.ContainsKey("norm") || values.ContainsKey("epsilon"))
            {
                throw new ArgumentException($"{entry.Name}: --threat {whole} says what --norm and --epsilon say too. Leave these out.");
            }
            return ThreatCatalog.Parse(whole);
        }
        if (entry.UsualThreat is { } usual && !values.ContainsKey("norm") && !values.ContainsKey("epsilon"))
        {
            return ThreatCatalog.Parse(usual);
        }
        if (entry.Needs == AttackNeeds.Crafting && values.GetValueOrDefault("norm") == "l2" && !values.ContainsKey("epsilon"))
        {
            throw new ArgumentException($"{entry.Name}: for --norm l2 there is no usual radius. Give one by --epsilon, such as a "
                + "twentieth of the mean length of an image.");
        }
        double radius = values.TryGetValue("epsilon", out string? text)
            ? (double)Parse(entry, "epsilon", typeof(double), text)
            : entry.UsualEpsilon;
        return values.GetValueOrDefault("norm", entry.UsualNorm) switch
        {
            "linf" => Threat.Linf(radius),
            "l2" => Threat.L2(radius),
            "features" => new FeatureBall(radius),
            string other => throw new ArgumentException($"{entry.Name}: --norm {other} is not known. Use linf or l2."),
        };
    }

    private static object Parse(AttackEntry entry, string name, Type type, string text)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (type == typeof(double) && double.TryParse(text, NumberStyles.Float, culture, out double number)) return number;
        if (type == typeof(Loss)) return Loss.Find(text);
        if (type.IsSubclassOf(typeof(Attack))) return Nested(entry, name, type, text);
        if (type == typeof(int) && int.TryParse(text, culture, out int count)) return count;
        if (type == typeof(bool) && bool.TryParse(text, out bool flag)) return flag;
        if (type.IsEnum)
        {
            foreach (string word in Enum.GetNames(type))
            {
                if (string.Equals(Kebab(word), text, StringComparison.OrdinalIgnoreCase)) return Enum.Parse(type, word);
            }
            string? near = Suggestion.Nearest(text, Words(type));
            throw new ArgumentException($"{entry.Name}: --{name} {text} is not known{(near is null ? "." : $"; did you mean {near}?")} "
                + $"Use {string.Join(" or ", Words(type))}.");
        }
        throw new ArgumentException($"{entry.Name}: --{name} {text} is "
            + $"not {(type == typeof(int) ? "a whole number" : type == typeof(bool) ? "true or false" : "a number")}.");
    }

    /// <summary>An attack within another: its name and, behind a colon, its options: logit-space:from=target,iterations=50.</summary>
    private static Attack Nested(AttackEntry entry, string name, Type type, string text)
    {
        string[] parts = text.Split(':', 2);
        AttackEntry inner = AttackCatalog.Find(parts[0]);
        if (!inner.Type.IsAssignableTo(type))
        {
            string fit = string.Join(" or ", AttackCatalog.All.Where(e => e.Type.IsAssignableTo(type)).Select(e => e.Name));
            throw new ArgumentException($"{entry.Name}: --{name} {parts[0]} does not fit. Use {fit}.");
        }
        Dictionary<string, string> values = [];
        foreach (string option in parts.Length == 1 ? [] : parts[1].Split(','))
        {
            string[] pair = option.Split('=', 2);
            if (pair.Length == 2) values[pair[0]] = pair[1];
            else throw new ArgumentException($"{entry.Name}: --{name}: \"{option}\" is no option=value. Write {inner.Name}:option=value,…");
        }
        return Bind(inner, values);
    }

    private static ConstructorInfo Constructor(AttackEntry entry) =>
        entry.Type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();

    /// <summary>
    /// What the family adds: properties that can be set and are not parameters of the constructor, nor of that of a family, which the
    /// attack has fixed.
    /// </summary>
    private static IEnumerable<PropertyInfo> Settable(AttackEntry entry)
    {
        HashSet<string> taken = [.. Constructor(entry).GetParameters().Select(p => p.Name!)];
        return entry.Type.GetProperties().Where(p => p.SetMethod is { IsPublic: true } && !taken.Contains(p.Name) && !IsFixed(p))
            .OrderBy(p => p.Name, StringComparer.Ordinal);
    }

    private static bool IsFixed(PropertyInfo property) =>
        property.DeclaringType!.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Any(c => c.GetParameters().Any(p => p.Name == property.Name));

    private static Type Bare(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

    // A constructor that refuses a value reports it as its own error, not as one of reflection.
    private static object Invoke(Func<object> make)
    {
        try
        {
            return make();
        }
        catch (TargetInvocationException thrown) when (thrown.InnerException is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(thrown.InnerException);
            throw;
        }
    }
}
