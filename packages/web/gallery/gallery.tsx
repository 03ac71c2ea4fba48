import { countText } from "@henkan/client/text";
import { useEffect, useState } from "preact/hooks";
import { announce } from "../live-region.ts";
import { UploadCard } from "./upload-card.tsx";
import { type GalleryUploads, isSettled } from "./uploads.ts";

export function Gallery({ uploads }: { uploads: GalleryUploads }) {
  const all = useUploads(uploads);
  if (all.length === 0) return null;
  const converting = all.filter((upload) => !isSettled(upload)).length;
  const clear = () => {
    uploads.clear();
    announce("The list is empty. The files were not deleted.");
    // The button that has the focus is removed with the list.
    document.querySelector<HTMLElement>("h1")?.focus();
  };
  return (
    <section class="gallery" aria-labelledby="gallery-title">
      <div class="gallery-head">
        <h2 id="gallery-title">Your uploads</h2>
        <span class="summary">
          {converting > 0 ? `${countText(converting, "file")} converting` : countText(all.length, "file")}
        </span>
        <button
          type="button"
          class="quiet"
          title="Removes the list from this browser. The files are not deleted."
          onClick={clear}
        >
          Clear list
        </button>
      </div>
      <ul class="uploads">
        {all.map((upload) => (
          <li key={upload.id}>
            <UploadCard upload={upload} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function useUploads(uploads: GalleryUploads) {
  const [all, setAll] = useState(uploads.all);
  useEffect(() => uploads.subscribe(() => setAll(uploads.all)), [uploads]);
  return all;
}
