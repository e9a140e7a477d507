namespace Mambascope.Checkpoints;

/// <summary>
/// The allow-list: what a pickle may call, and what each call means here. Everything else, whatever its name, yields an opaque
/// value. The functions re-made are those of torch/_utils.py.
/// </summary>
internal static class PickleGlobals
{
    // PyTorch numbers its storages. A long key shared by a million tensors would be copied as often.
    private const int LongestStorageKey = 64;

    /// <summary>The result of <c>function(*arguments)</c>.</summary>
    public static object Call(object? function, object? arguments)
    {
        if (function is not PickleGlobal global || arguments is not object?[] values)
        {
            return PickleOpaque.Other;
        }

        if (
            global is { Module: "torch._tensor", Name: "_rebuild_from_type_v2" }
            && values is [PickleGlobal inner, _, object?[] innerValues, ..])
        {
            // A tensor with Python attributes: the function that rebuilds it, its class, that function's arguments, the attributes.
            (global, values) = (inner, innerValues);
        }

        return (global.Module, global.Name) switch
        {
            ("collections", "OrderedDict") when values.Length == 0 => new PickleDict(),
            ("torch._utils", "_rebuild_tensor" or "_rebuild_tensor_v2") => Tensor(values, null),
            ("torch._utils", "_rebuild_tensor_v3") when values is [_, _, _, _, _, _, PickleGlobal elementType, ..] => Tensor(
                values,
                elementType),
            ("torch._utils", "_rebuild_parameter" or "_rebuild_parameter_with_state") when values is [PickleTensor tensor, ..] => tensor,
            _ => new PickleOpaque(global),
        };
    }

    /// <summary>
    /// What the persistent id <c>('storage', class, key, location, count)</c> stands for. Files before PyTorch 1.6 add None, or which part
    /// of another storage it is; such parts went out of use before 1.0 and are not read.
    /// </summary>
    public static object Persistent(object? id)
    {
        return id is object?[] and ["storage", PickleGlobal type, string { Length: <= LongestStorageKey } key, _, long count, .. var view]
                && view is not [not null, ..]
            ? new PickleStorage(StoredType.OfStorage(type), type.Name is "UntypedStorage" or "_UntypedStorage", key, count)
            : PickleOpaque.Other;
    }

    private static object Tensor(object?[] arguments, PickleGlobal? elementType)
    {
        // The rank is bounded before anything is copied: a million calls may share one tuple of a million sizes.
        if (
            arguments
                is not [
                    PickleStorage storage,
                    long offset,
                    object?[] { Length: <= TensorInfo.MaximumRank } sizes,
                    object?[] { Length: <= TensorInfo.MaximumRank } strides,
                    ..,
                ]
            || !sizes.All(size => size is long)
            || !strides.All(stride => stride is long))
        {
            return PickleOpaque.Tensor;
        }

        var type = elementType is null ? storage.Type : StoredType.OfElement(elementType);
        long[] Numbers(object?[] values) => Array.ConvertAll(values, value => (long)value!);

        return new PickleTensor(storage, type, offset, Numbers(sizes), Numbers(strides));
    }
}
