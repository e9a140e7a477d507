using Mambascope.Checkpoints;

namespace Mambascope.Inputs.Text;

/// <summary>The ids after which a text ends: <c>eos_token_id</c>, one or a list, of generation_config.json, else of config.json.</summary>
public static class EndTokens
{
    /// <summary>What the file for generation is called, beside config.json.</summary>
    public const string FileName = "generation_config.json";

    private const string Key = "eos_token_id";

    /// <summary>The ids; none where neither file says any.</summary>
    /// <param name="config">config.json, where there is one.</param>
    /// <param name="generation">generation_config.json, where there is one; it goes first.</param>
    /// <exception cref="BadInputException">No whole number of 0 or more, and no list of such.</exception>
    public static IReadOnlyList<int> Of(ConfigFile? config, ConfigFile? generation)
    {
        var file = generation?.Has(Key) == true ? generation : config?.Has(Key) == true ? config : null;
        return file?.GetInt32s(Key, least: 0) ?? [];
    }
}
