namespace MiniGrad.Nn;

/// <summary>Networks whose name holds numbers, such as <c>wrn-D-W</c>.</summary>
/// <param name="Pattern">The name as people write it.</param>
/// <param name="Members">The best known ones; weight files are compared with these.</param>
/// <param name="Find">The network of a name, or none if the name is not of the family.</param>
public sealed record ModelFamily(string Pattern, IReadOnlyList<string> Members, Func<string, ModelEntry?> Find);
