using Mambascope.Checkpoints;
using Mambascope.Models.Mixers;

namespace Mambascope.Models;

/// <summary>
/// A family of models that are <see cref="Decoder"/>s: what its config.json says, as a <see cref="DecoderShape"/>, and what its tensors are
/// called. One file a family.
/// </summary>
internal abstract class DecoderFamily
{
    /// <summary>What its authors call it.</summary>
    public abstract string Name { get; }

    /// <summary>Value of model_type in config.json.</summary>
    public abstract string ModelType { get; }

    /// <summary>What stands before the number of a block.</summary>
    public virtual string Layers => "model.layers.";

    /// <summary>Whether the names of some tensors are those of this family.</summary>
    public abstract bool Matches(IReadOnlyCollection<string> names);

    /// <summary>The model that a config.json describes.</summary>
    /// <exception cref="BadInputException">A setting that does not fit the others or the checkpoint, or that is not supported.</exception>
    public abstract DecoderShape Shape(DecoderSettings settings);

    /// <summary>Other names under which files have a tensor.</summary>
    public virtual IEnumerable<string> OtherNames(string name) => [];

    /// <summary>Whether a tensor that nothing reads may be there.</summary>
    public virtual bool MayBeUnread(string name) => name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    /// <summary>Published sizes: settings of a config.json by preset.</summary>
    public virtual IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>> Presets { get; }
        = new Dictionary<string, IReadOnlyDictionary<string, object?>>(StringComparer.Ordinal);

    /// <summary>Whether any block has a tensor of that name.</summary>
    protected bool AnyBlock(IReadOnlyCollection<string> names, string name)
        => names.Any(found => found.EndsWith(name, StringComparison.Ordinal)
            && found.StartsWith(Layers, StringComparison.Ordinal)
            && found.Length > Layers.Length + name.Length
            && found.AsSpan(Layers.Length, found.Length - Layers.Length - name.Length).IndexOfAnyExceptInRange('0', '9') < 0);

    /// <summary>Width of an attention head: stated, or the stream's share.</summary>
    protected static int HeadWidth(DecoderSettings settings, int width, int heads)
    {
        if (settings.Has("head_dim"))
        {
            return settings.Size("head_dim");
        }

        settings.RequireMultiple(width, heads, $"{heads} heads do not divide a width of {width}; correct num_attention_heads");
        return width / heads;
    }

    /// <summary>Sizes of grouped-query attention.</summary>
    /// <param name="settings">Where from.</param>
    /// <param name="heads">Query heads.</param>
    /// <param name="keyHeads">Heads of keys and values.</param>
    /// <param name="headWidth">Channels of a head.</param>
    /// <param name="rotated">Channels of a head that turn; 0 for none.</param>
    /// <param name="rotaryBase">Base of the angles.</param>
    protected static SoftmaxShape Attention(
        DecoderSettings settings, int heads, int keyHeads, int headWidth, int rotated, double rotaryBase)
    {
        settings.RequireMultiple(
            heads, keyHeads, $"{keyHeads} key heads do not divide {heads} heads; correct num_key_value_heads");
        settings.Times(heads, headWidth, "the width of all heads");
        if (rotated % 2 != 0 || !(rotaryBase > 0))
        {
            throw settings.Error(
                $"{rotated} channels of a head cannot turn by a base of {rotaryBase}: an even number must, by a base above 0");
        }

        return new(heads, keyHeads, headWidth, IsCausal: true, rotated == 0 ? null : new(rotated, rotaryBase));
    }
}
