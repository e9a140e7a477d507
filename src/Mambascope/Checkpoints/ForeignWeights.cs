namespace Mambascope.Checkpoints;

/// <summary>Names weights that other tools have changed so that they are no model by themselves: quantised ones, and adapters.</summary>
internal static class ForeignWeights
{
    /// <summary>Throws where the names of tensors are those of such a tool.</summary>
    /// <exception cref="BadInputException">They are; the message says which, and what to do.</exception>
    public static void Refuse(IEnumerable<string> names, string file)
    {
        string? packed = null, sign = null;
        var hasGroups = false;
        foreach (var name in names)
        {
            hasGroups |= name.EndsWith(".g_idx", StringComparison.Ordinal);
            if (name.EndsWith(".qweight", StringComparison.Ordinal))
            {
                packed ??= name;
            }
            else if (IsAdapter(name) || IsBitsAndBytes(name))
            {
                sign ??= name;
            }
        }

        if (packed is not null)
        {
            throw Quantised(file, hasGroups ? "GPTQ" : "AWQ or a tool like it", packed);
        }

        if (sign is not null)
        {
            throw IsAdapter(sign)
                ? new BadInputException($"{file} holds a LoRA adapter (tensors such as {Printable.Name(sign)}), which is no model by "
                    + "itself: merge it into its base model, in Python with PEFT's merge_and_unload(), and save that")
                : Quantised(file, "bitsandbytes", sign);
        }
    }

    private static BadInputException Quantised(string file, string tool, string sign)
        => new($"{file} holds weights quantised by {tool} (tensors such as {Printable.Name(sign)}), which are not read: use the model's "
            + "original weights");

    private static bool IsAdapter(string name)
        => name.Contains(".lora_A", StringComparison.Ordinal)
            || name.Contains(".lora_B", StringComparison.Ordinal)
            || name.Contains(".lora_embedding_", StringComparison.Ordinal);

    // Four bits: absmax and quant_map beside a packed weight. Eight: SCB, the scale of each row.
    private static bool IsBitsAndBytes(string name)
        => name.EndsWith(".weight.absmax", StringComparison.Ordinal) || name.EndsWith(".weight.quant_map", StringComparison.Ordinal)
            || name.Contains(".quant_state.bitsandbytes__", StringComparison.Ordinal) || name.EndsWith(".SCB", StringComparison.Ordinal);
}
