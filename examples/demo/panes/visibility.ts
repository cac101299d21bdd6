const steps = Array.from({ length: 21 }, (_, step) => step / 20);

export interface VisibilityWatch {
  watch(message: HTMLElement): void;
  stop(): void;
}

export function watchVisibility(log: HTMLElement, onSeen: (message: HTMLElement) => void): VisibilityWatch {
  const inView = new Set<HTMLElement>();

  const report = () => {
    if (document.visibilityState !== 'visible') return;
    for (const message of inView) {
      observer.unobserve(message);
      onSeen(message);
    }
    inView.clear();
  };

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRect, boundingClientRect } of entries) {
        const enough = Math.min(boundingClientRect.height, log.clientHeight) / 2;
        if (intersectionRect.height > 0 && intersectionRect.height >= enough)
          inView.add(target as HTMLElement);
        else inView.delete(target as HTMLElement);
      }
      report();
    },
    { threshold: steps },
  );
  document.addEventListener('visibilitychange', report);

  return {
    watch: (message) => observer.observe(message),
    stop: () => {
      observer.disconnect();
      document.removeEventListener('visibilitychange', report);
    },
  };
}
