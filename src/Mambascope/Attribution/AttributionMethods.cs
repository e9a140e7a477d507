namespace Mambascope.Attribution;

/// <summary>All methods by name.</summary>
public static class AttributionMethods
{
    /// <summary>In the order in which they are shown.</summary>
    public static IReadOnlyList<AttributionMethod> All { get; } =
        [new RawAttention(), new AttentionRollout(), new MambaAttribution(), new MambaLrp(), new InputXGradient(), new IntegratedGradients(), new SmoothGrad()];

    /// <summary>The method of that name.</summary>
    public static AttributionMethod Find(string name)
        => All.FirstOrDefault(method => method.Name == name)
            ?? throw new BadInputException($"there is no method {name}; known: {string.Join(", ", All.Select(method => method.Name))}");
}
